// An icon by its name.
import { type IconName, icons } from './icons.js'

export function Icon({ name, size }: { readonly name: IconName; readonly size?: number }) {
  const Drawing = icons[name]
  return <Drawing {...(size !== undefined && { size })} />
}
