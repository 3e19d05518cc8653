export { type PlatformSettings, platformSettings } from './platform.js'
export { type RequestedModels, requestedModels } from './sagemaker/requested-models.js'
export { servingFaces } from './serving-faces.js'
