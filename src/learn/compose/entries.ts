// How composites are made from data and read back: their parts come from the catalogue, which is handed in.
import type { Field } from '../../data/index.js'
import type {
  Classifier,
  CoreEstimator,
  CoreModel,
  ModelDocument,
  Transform,
  Transformer,
} from '../contracts/index.js'
import { onColumns, type Route, routesTransform } from './on-columns.js'
import { pipelineCore, pipelineModel, withFace } from './pipeline.js'
import { votingCore, votingModel } from './voting.js'

type Part = Transformer | CoreEstimator
type Fitted = Transform | CoreModel
interface Recipe {
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
}
type MakeChild = (recipe: Recipe) => Promise<Part>
type RestoreChild = (document: ModelDocument) => Promise<Fitted>

const all = <From, To>(items: readonly From[], map: (item: From) => Promise<To>): Promise<To[]> =>
  Promise.all(items.map(map))

export const pipelineEntry = {
  async create(options: Readonly<Record<string, unknown>>, child: MakeChild): Promise<Part> {
    return withFace(pipelineCore(await all(options['steps'] as Recipe[], child)))
  },
  async restore({ state }: ModelDocument, child: RestoreChild): Promise<Fitted> {
    const { transforms, model } = state as { transforms: ModelDocument[]; model: ModelDocument }
    return pipelineModel((await all(transforms, child)) as Transform[], (await child(model)) as CoreModel)
  },
}

export const onColumnsEntry = {
  async create(options: Readonly<Record<string, unknown>>, child: MakeChild): Promise<Part> {
    const routes: Record<string, Route> = {}
    const described = options['routes'] as Record<string, { columns: Route['columns']; use: Recipe[] }>
    for (const [name, route] of Object.entries(described)) {
      routes[name] = { columns: route.columns, use: (await all(route.use, child)) as Transformer[] }
    }
    return onColumns(routes)
  },
  async restore({ state }: ModelDocument, child: RestoreChild): Promise<Fitted> {
    const saved = state as {
      inputs: readonly Field[]
      routes: { columns: readonly string[]; transforms: ModelDocument[]; outputs?: readonly string[] }[]
    }
    const routes = await all(saved.routes, async ({ columns, transforms, outputs }) => ({
      columns,
      outputs,
      transforms: (await all(transforms, child)) as Transform[],
    }))
    return routesTransform(routes, saved.inputs)
  },
}

export const votingEntry = {
  async create(options: Readonly<Record<string, unknown>>, child: MakeChild): Promise<Part> {
    const members = (await all(options['estimators'] as Recipe[], child)) as Classifier[]
    return withFace(votingCore(members, { weights: options['weights'] as readonly number[] }))
  },
  async restore({ state }: ModelDocument, child: RestoreChild): Promise<Fitted> {
    const { weights, members } = state as { weights: number[]; members: ModelDocument[] }
    return votingModel((await all(members, child)) as CoreModel[], weights)
  },
}
