// Icons of the page, drawn on a grid of 16 with strokes of 1.5.
import type { ReactNode } from 'react'

const drawing = (paths: ReactNode) =>
  function Icon({ size = 16 }: { readonly size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        {paths}
      </svg>
    )
  }

export const icons = {
  runs: drawing(<path d="M2 4h12M2 8h12M2 12h8" />),
  models: drawing(<path d="M8 1.8 13.6 5v6L8 14.2 2.4 11V5zM2.4 5 8 8.2 13.6 5M8 8.2v6" />),
  serving: drawing(<path d="M1.5 8h3l2-5 3 10 2-5h3" />),
  data: drawing(
    <>
      <ellipse cx="8" cy="3.8" rx="5.5" ry="2" />
      <path d="M2.5 3.8v8.4c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V3.8M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2" />
    </>,
  ),
  search: drawing(
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3.5 3.5" />
    </>,
  ),
  sun: drawing(
    <>
      <circle cx="8" cy="8" r="3" />
      <path d="M8 1.2v1.4M8 13.4v1.4M1.2 8h1.4M13.4 8h1.4M3.2 3.2l1 1M11.8 11.8l1 1M3.2 12.8l1-1M11.8 4.2l1-1" />
    </>,
  ),
  moon: drawing(<path d="M13.5 9.6A6 6 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z" />),
  system: drawing(<path d="M2 3h12v8H2zM6 14h4M8 11v3" />),
  copy: drawing(<path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />),
  check: drawing(<path d="m3 8.5 3.3 3.3L13 4.8" />),
  cross: drawing(<path d="m4 4 8 8M12 4l-8 8" />),
  down: drawing(<path d="m4 6 4 4 4-4" />),
  right: drawing(<path d="m6 4 4 4-4 4" />),
  left: drawing(<path d="m10 4-4 4 4 4" />),
  up: drawing(<path d="m4 10 4-4 4 4" />),
  sortUp: drawing(<path d="M8 13V3M4 7l4-4 4 4" />),
  sortDown: drawing(<path d="M8 3v10M4 9l4 4 4-4" />),
  more: drawing(<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.4" />),
  pin: drawing(<path d="M6 2h4l-.5 4.5 2.5 2.5H4l2.5-2.5zM8 9v5" />),
  columns: drawing(<path d="M2 3h12v10H2zM6 3v10M10 3v10" />),
  group: drawing(<path d="M2 3h5M2 7h5M9.5 5h4.5M9.5 9h4.5M2 13h5M9.5 13h4.5" />),
  compare: drawing(<path d="M5.5 2v12M10.5 2v12M2 5.5h3.5M10.5 10.5H14" />),
  trash: drawing(<path d="M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.7 6.8v4M9.3 6.8v4" />),
  restore: drawing(<path d="M2.5 6.5h7a4 4 0 0 1 0 8H6M2.5 6.5 6 3M2.5 6.5 6 10" />),
  folder: drawing(<path d="M1.8 3.5h4.4l1.6 2h6.4v7.5H1.8z" />),
  file: drawing(<path d="M3.5 1.8h6l3 3v9.4h-9zM9.5 1.8v3h3" />),
  download: drawing(<path d="M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11" />),
  edit: drawing(<path d="m2.5 13.5.6-3L10.6 3l2.4 2.4-7.5 7.5z" />),
  chart: drawing(<path d="M2 2v12h12M4.5 11l3-4 2.5 2L14 4" />),
  warning: drawing(<path d="M8 2 14.5 13.5h-13zM8 6.5V9.5M8 11.6v.01" />),
  keyboard: drawing(<path d="M1.5 4h13v8.5h-13zM4 7h.01M6.7 7h.01M9.4 7h.01M12 7h.01M5 10h6" />),
  external: drawing(<path d="M6 3H3v10h10v-3M9 2.5h4.5V7M13.5 2.5 7.5 8.5" />),
  play: drawing(<path d="M4.5 2.8v10.4L13 8z" />),
  refresh: drawing(<path d="M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5V5H10" />),
  key: drawing(<path d="M10.5 1.8a3.7 3.7 0 1 1-2.6 6.3L2.5 13.5v-2h2v-2h2l1.4-1.4M11.3 4.7h.01" />),
  flag: drawing(<path d="M3.5 14.5v-13M3.5 2.5h9l-2 3.2 2 3.3h-9" />),
} as const

export type IconName = keyof typeof icons
