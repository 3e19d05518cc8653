// Only what a server needs: load a bundle, predict.
export {
  type LoadedClassifier,
  type LoadedModel,
  type LoadedRegressor,
  loadModel,
} from './operate/bundle/index.js'
