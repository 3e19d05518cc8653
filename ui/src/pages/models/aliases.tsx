// Names that point to versions.
export function Aliases({ aliases }: { readonly aliases: Readonly<Record<string, number>> }) {
  const all = Object.entries(aliases)
  if (all.length === 0) return <span className="none">–</span>
  return (
    <span className="aliases">
      {all.map(([alias, version]) => (
        <span key={alias} className="alias">
          @{alias} → {version}
        </span>
      ))}
    </span>
  )
}
