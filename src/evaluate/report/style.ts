// The look of the page: one column of calm sections, system fonts, one accent.
import { tokenStyle } from './tokens.js'

/** The style sheet of the page. */
export const pageStyle = `${tokenStyle}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:break-word}
main,header,footer,nav{max-width:1080px;margin:0 auto;padding:0 40px}
a{color:var(--accent);text-underline-offset:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
header{padding-top:64px}
.overline{margin:0 0 12px;color:var(--muted);font-size:14px}
h1{margin:0 0 20px;font-size:40px;line-height:1.15;font-weight:650;letter-spacing:-.02em}
.verdict{max-width:44em;margin:0 0 16px;font-size:20px;line-height:1.5}
.callout{max-width:50em;margin:0 0 16px;padding:12px 16px;border-left:3px solid var(--accent);border-radius:0 6px 6px 0;background:var(--tint)}
.callout p{margin:0}
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:1px;margin:32px 0 0;padding:0;border:1px solid var(--hairline);border-radius:10px;background:var(--hairline);overflow:hidden}
.tiles div{padding:18px 20px;background:var(--paper)}
.tiles dt{margin:0;color:var(--muted);font-size:14px}
.tiles dd{margin:2px 0 0}
.tiles dd.figure{font-size:28px;line-height:1.25;font-weight:600;letter-spacing:-.01em}
.tiles dd.aside{color:var(--muted);font-size:14px}
nav{margin-top:28px}
nav ul{display:flex;flex-wrap:wrap;gap:6px 18px;margin:0;padding:0;list-style:none;font-size:14px}
nav a{color:var(--muted);text-decoration:none}
nav a:hover{color:var(--accent);text-decoration:underline}
section{padding:56px 0 0;scroll-margin-top:8px}
h2{margin:0 0 10px;padding-top:28px;border-top:1px solid var(--hairline);font-size:26px;line-height:1.25;font-weight:620;letter-spacing:-.01em}
h3{margin:32px 0 8px;font-size:17px;line-height:1.4;font-weight:620}
.lede{max-width:46em;margin:0 0 24px;color:var(--muted)}
.lede strong,.verdict strong{color:var(--ink);font-weight:620}
p{margin:0 0 12px;max-width:46em}
.quiet{color:var(--muted);font-size:14px}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:32px 48px;align-items:start}
.pair>*{min-width:0}
h2+.pair{margin-top:24px}
.pair+.scroll,.pair+div,.pair+h3{margin-top:40px}
.pair h3:first-child{margin-top:0}
.next{margin-top:32px}
figure{margin:0}
figure svg{display:block;width:100%;max-width:480px;height:auto;overflow:visible}
figure svg text{font-family:inherit}
figcaption{margin:0 0 8px;font-size:15px;font-weight:600}
figcaption span{display:block;color:var(--muted);font-size:14px;font-weight:400}
.steps{margin:0;padding:0;list-style:none}
.steps li{padding:10px 0;border-bottom:1px solid var(--hairline)}
.steps li:last-child{border-bottom:0}
footer{margin-top:72px;padding-top:20px;padding-bottom:48px;color:var(--muted);font-size:14px}
@media (max-width:860px){.tiles{grid-template-columns:repeat(2,1fr)}}
@media (max-width:600px){
main,header,footer,nav{padding-left:20px;padding-right:20px}
header{padding-top:36px}
h1{font-size:30px}
.verdict{font-size:18px}
h2{font-size:23px}
section{padding-top:40px}
.tiles div{padding:14px}
.tiles dd.figure{font-size:22px}
}
@page{margin:16mm}
@media print{
body{font-size:11pt}
nav{display:none}
main,header,footer{max-width:none;padding-left:0;padding-right:0}
header{padding-top:0}
section{padding-top:24px}
figure,tr,.callout,.tiles,.alert{break-inside:avoid}
h2,h3,figcaption{break-after:avoid}
.scroll{overflow:visible}
details>*{display:block}
}`
