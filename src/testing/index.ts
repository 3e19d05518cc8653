export type { Check, ContractOptions, Subject } from './check.js'
export { ContractError } from './check.js'
export * from './estimator-contract.js'
export * from './sample-data.js'
