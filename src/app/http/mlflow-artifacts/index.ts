export { mlflowArtifactsFace } from './face.js'
