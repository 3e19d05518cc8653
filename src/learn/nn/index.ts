export * from './optimizers.js'
export { openTrainingStep, type StepOptions, type TrainingStep } from './training-step.js'
