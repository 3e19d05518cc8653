// The look of tables, marks within them, warnings and code.

/** The second half of the style sheet. */
export const tableStyle = `.scroll{overflow-x:auto;margin:0 0 8px}
table{width:100%;border-collapse:collapse;font-size:14.5px;line-height:1.45}
caption{padding:0 0 8px;text-align:left;font-size:15px;font-weight:600;caption-side:top}
caption span{display:block;max-width:calc(100vw - 40px);color:var(--muted);font-size:14px;font-weight:400}
th,td{padding:8px 14px 8px 0;border-bottom:1px solid var(--hairline);text-align:left;vertical-align:baseline}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--muted);font-size:13px;font-weight:500;white-space:nowrap}
tbody th{font-weight:500}
tbody tr:last-child>*{border-bottom:0}
.n{text-align:right;white-space:nowrap}
tr.marked>*{background:var(--tint)}
tr.marked>:first-child{box-shadow:inset 3px 0 var(--accent)}
tr.marked>:first-child,tr.inset>:first-child{padding-left:12px}
.soft{color:var(--muted)}
.chip{display:inline-block;margin-left:6px;padding:0 8px;border:1px solid currentColor;border-radius:99px;font-size:12px;line-height:18px;font-weight:500;white-space:nowrap;color:var(--muted)}
.chip.accent{color:var(--accent)}
.chip.warning{color:var(--warning)}
.chip.serious{color:var(--serious)}
.spark{display:block;width:120px;height:28px}
.spark path{fill:var(--neutral)}
caption+thead th{vertical-align:bottom}
.middle tbody>tr>*{vertical-align:middle}
.middle td:last-child{min-width:200px}
.done{display:inline-block;color:var(--ink)}
.done::first-letter{text-transform:uppercase}
.alert{display:grid;grid-template-columns:88px 1fr;gap:4px 16px;padding:14px 0;border-bottom:1px solid var(--hairline)}
.alert:last-child{border-bottom:0}
.alert .chip{margin:2px 0 0;justify-self:start;align-self:start}
.alert p{margin:0}
.alert .quiet{margin-top:2px}
pre{margin:0 0 16px;padding:14px 16px;border-radius:8px;background:var(--panel);overflow-x:auto;font:13.5px/1.6 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
pre code{font-size:1em}
.hash{overflow-wrap:anywhere}
details{margin:16px 0}
summary{cursor:pointer;color:var(--accent);font-size:14.5px}
details[open] summary{margin-bottom:12px}
.facts{display:grid;grid-template-columns:minmax(130px,auto) 1fr;gap:6px 20px;margin:0;font-size:14.5px}
.facts dt{color:var(--muted)}
.facts dd{margin:0;min-width:0}
.fill{padding:10px 14px;border:1px dashed var(--neutral);border-radius:6px;color:var(--muted);font-style:italic}
.plain{margin:0;padding-left:20px}
.plain li{margin:0 0 6px}
@media (max-width:600px){.alert{grid-template-columns:1fr}.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:10px}}`
