export { mlflowRegistryFace } from './mlflow-registry-face.js'
