export function ModelPage({ name }: { readonly name: string }) { return <p>{name}</p> }
