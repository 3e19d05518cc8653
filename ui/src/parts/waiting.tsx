// What stands where something will be: its shape, in grey. Announced once, not bar by bar.
export function Waiting({ rows = 8 }: { readonly rows?: number }) {
  return (
    <div className="waiting" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} style={{ width: `${55 + ((i * 37) % 40)}%` }} />
      ))}
    </div>
  )
}
