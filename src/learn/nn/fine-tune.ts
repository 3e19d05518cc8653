// Training a part of a foreign model: the rest stays as the file has it, and the file comes back with the new numbers.
import { checkOptions, custom, nameOf, UsageError } from '../../base/index.js'
import { type ImportedModel, type Spec, type Tensor, trace } from '../../engine/graph/index.js'
import { indexCheck } from './training/check-batch.js'
import { fitNetworkChecks } from './training/train-options.js'
import { openTrainingStep, type StepOptions, type TrainingStep } from './training/training-step.js'
import { chooseParameters, type Trainable } from './trainable.js'

/** Tensors by name. */
type Named = Readonly<Record<string, Tensor>>

/** How a model is fine-tuned. */
export interface FineTuneOptions extends Omit<StepOptions, 'parameters' | 'states'> {
  /** Which parameters learn. @default all but the running statistics of batch norms */
  readonly trainable?: Trainable
  /** What a batch holds beside the inputs of the model: { target: spec('int32', ['batch']) }. */
  readonly targets: Readonly<Record<string, Spec>>
  /** One number from the outputs of the model, by name, and the batch. */
  readonly loss: (outputs: Named, batch: Named) => Tensor
}

/** A foreign model in training. A batch holds the inputs of the model and the targets, by name. */
export interface FineTuning extends TrainingStep {
  /** The file as it was, with what has been learned, or the moving average of it. @default 'current' */
  toOnnx(which?: 'current' | 'average'): Promise<Uint8Array>
}

/**
 * Prepares training of some parameters of an imported model. Batch norms keep their statistics, and dropout is off.
 *
 * @throws {@link UsageError} when nothing is trainable, or a target has the name of an input
 * @example
 * ```ts no-run
 * const model = await importOnnx('resnet.onnx')
 * await using tuning = await fineTune(model, {
 *   trainable: /^fc\./,
 *   targets: { label: spec('int32', ['batch']) },
 *   loss: ({ logits }, { label }) => crossEntropy(logits, label),
 *   optimizer: adamW(),
 * })
 * const image = full([8, 3, 224, 224], 0)
 * const label = array([0, 1, 2, 3, 0, 1, 2, 3], { dtype: 'int32' })
 * for (let epoch = 0; epoch < 3; epoch++)
 *   for (const batch of batches({ image, label }, { batchSize: 4 })(epoch)) await tuning.step(batch)
 * const file = await tuning.toOnnx()
 * ```
 */
export async function fineTune(model: ImportedModel, options: FineTuneOptions): Promise<FineTuning> {
  checkOptions<FineTuneOptions>('fineTune', options, fineTuneChecks)
  requireModel(model, options)
  const { trainable, targets, loss, ...rest } = options
  checkTargets(model, targets)
  const parameters = chooseParameters('fineTune', model, trainable)
  const specs = Object.fromEntries(
    Object.entries(parameters).map(([name, { dtype, shape }]) => [name, { dtype, shape }]),
  )
  const inputs = Object.keys(model.inputs)
  const traced = trace(
    ({ params, ...batch }: { readonly params: Named } & Named) => {
      const given = Object.fromEntries(inputs.map((name) => [name, batch[name]!]))
      return loss(model.apply(params, given), batch)
    },
    { ...model.inputs, ...targets, params: specs } as never,
  )
  const check = indexCheck(traced as never)
  const opened = await openTrainingStep(traced as never, { ...rest, parameters })
  const step: TrainingStep = {
    ...opened,
    async run(batch, call) {
      check(batch, 'the batch')
      return opened.run(batch, call)
    },
    step: async (batch, call) => (await step.run(batch, call)).loss,
  }
  return {
    ...step,
    toOnnx: async (which = 'current') => model.toOnnx((await step.snapshot(which)).parameters),
  }
}

const { loss: aLoss, optimizer, decays, clipNorm, averageDecay, threads, worker } = fitNetworkChecks
const fineTuneChecks = {
  loss: aLoss,
  optimizer,
  decays,
  clipNorm,
  averageDecay,
  threads,
  worker,
  trainable: custom<unknown>({
    default: undefined,
    expected: 'a regular expression or a function of names',
    accepts: (value) => value instanceof RegExp || typeof value === 'function',
  }),
  targets: custom<unknown>({
    default: {},
    expected: "an object of specs, such as { label: spec('int32', ['batch']) }",
    accepts: (value) => typeof value === 'object' && value !== null,
  }),
  engine: true,
  device: true,
  evaluation: true,
} as const

/** @throws {@link UsageError} for what is no model, or for an option that has no default */
function requireModel(model: unknown, options: FineTuneOptions): void {
  if (typeof model !== 'object' || model === null || !('parameters' in model) || !('apply' in model))
    throw new UsageError(
      `fineTune: the first argument is ${nameOf(model)}, expected a model. Read one: await importOnnx('model.onnx').`,
      { argument: 'model' },
    )
  const missing = (['targets', 'loss', 'optimizer'] as const).find((name) => options[name] === undefined)
  if (missing === undefined) return
  throw new UsageError(
    `fineTune: option '${missing}' is not given, expected targets, a loss and an optimizer: { targets: { label: spec('int32', ['batch']) }, loss: ({ logits }, { label }) => crossEntropy(logits, label), optimizer: adamW() }.`,
    { argument: missing },
  )
}

function checkTargets({ inputs }: ImportedModel, targets: Readonly<Record<string, Spec>>): void {
  const taken = Object.keys(targets).find((name) => name in inputs || name === 'params')
  const reserved = 'params' in inputs ? 'params' : taken
  if (reserved === undefined) return
  throw new UsageError(
    `fineTune: the name '${reserved}' is used for an input or for the parameters already. Rename the ${taken === undefined ? 'input of the model' : 'target'}.`,
  )
}
