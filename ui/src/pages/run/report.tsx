export function Report({ runId }: { readonly runId: string }) { return <p>{runId}</p> }
