// Other data in the shape of the training data.
import type { Field, Table } from '../../data/index.js'
import { selectInputs } from '../../learn/contracts/index.js'

export const conformTable = (x: Table, inputs: readonly Field[]): Table => selectInputs(x, inputs, 'predict')
