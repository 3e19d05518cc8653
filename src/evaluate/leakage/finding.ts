// What the leakage guard reports.

/** A suspicion that columns tell the target in a way that will not be there when it matters. */
export interface LeakageFinding {
  readonly code: 'target-copy' | 'target-sum' | 'target-determined' | 'shared-rows'
  /** Empty for shared rows. */
  readonly columns: readonly string[]
  /** A sentence for people, with the evidence. */
  readonly message: string
  readonly evidence: Readonly<Record<string, number | string>>
  /** Certain enough that the columns are left out unless the user keeps them. */
  readonly drop: boolean
}
