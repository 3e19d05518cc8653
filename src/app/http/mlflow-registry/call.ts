// A call of MLflow's registry that knows who asks.
import type { Fields, MlflowRoute } from '../mlflow/index.js'

export const call = (
  method: MlflowRoute['method'],
  path: string,
  handle: (input: Fields, userId: string) => Promise<object | undefined>,
): MlflowRoute => ({
  method,
  path: `/${path}`,
  handle: (input, request) => handle(input, request.caller?.name ?? ''),
})
