// Where models come from: folders and files, a registry, anything that can list versions.

/** A version of a model as a source knows it. */
export interface SourceVersion {
  readonly model: string
  /** A whole number as text. */
  readonly version: string
  /** The folder of a bundle, or an ONNX file. */
  readonly path: string
  /** Another text when what lies at the path is another thing. */
  readonly fingerprint: string
}

/** What a source has. */
export interface SourceListing {
  readonly versions: readonly SourceVersion[]
  /** Names that point to versions, by model. */
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined
}

/** A place of models, such as a registry. */
export interface ModelSource {
  /** What there is now. A version that is not listed any more is unloaded once its requests have ended. */
  list(): Promise<SourceListing>
  /** Has the listener called when `list` would say something else; returns how to stop. Without it, the service asks in intervals. */
  watch?(listener: () => void): () => void
}

/** A path to serve, where its name is not to be that of the model. */
export interface PathSource {
  /** A bundle, an ONNX file, or a folder of these. */
  readonly path: string
  /** The name of the model; for a folder of several models it has no meaning. @default the name of the folder or file */
  readonly name?: string | undefined
}
