export function Artifacts({ runId }: { readonly runId: string }) { return <p>{runId}</p> }
