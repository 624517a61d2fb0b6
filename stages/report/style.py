"""How the two pages look, and what a browser may do with them."""

from __future__ import annotations

# A page that cannot load anything cannot tell anybody what it holds.
POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
)
STYLE = """
:root { --base: #b2541c; --tuned: #2f74b5; --good: #2b7a4b; --bad: #c0392b; }
@media (prefers-color-scheme: dark) {
  :root { --base: #e8954a; --tuned: #8fc1de; --good: #7fc79b; --bad: #f08a7d; }
}
body { max-width: 62rem; }
h1 { line-height: 1.2; margin: 1rem 0; } h2 { margin: 2.5rem 0 .5rem; } h3 { margin: 1.5rem 0 0; }
table { margin: .5rem 0; font-variant-numeric: tabular-nums; }
th { font-weight: 600; } tbody th { font-weight: 400; } thead th { vertical-align: bottom; }
td { white-space: nowrap; } tbody th { min-width: 9rem; }
.verdict { border-left: 6px solid #8886; padding: .1rem 1rem; font-size: 1.1rem; }
.verdict.better { border-color: var(--good); } .verdict.worse { border-color: var(--bad); }
.verdict p + p { font-size: 1rem; margin: .4rem 0; }
.yes { color: var(--good); } .no { color: var(--bad); font-weight: 700; }
.note, .legend { opacity: .8; font-size: .9rem; margin: .5rem 0; }
figure { margin: 1rem 0 1.5rem; } figcaption { font-weight: 600; margin-bottom: .3rem; }
figcaption .legend { font-weight: 400; margin-left: .8rem; }
.line { display: grid; grid-template-columns: 17rem 1fr 17rem; column-gap: 1.2rem;
  align-items: center; padding: .15rem 0; }
.line small { display: block; line-height: 1.3; }
.name { overflow-wrap: anywhere; line-height: 1.3; }
.told { display: grid; grid-template-columns: 1fr 1fr; font-variant-numeric: tabular-nums; }
.told small { white-space: nowrap; } .told .b { grid-column: 1; color: var(--base); }
.told .t { grid-column: 2; color: var(--tuned); }
.told.parts { display: flex; flex-wrap: wrap; column-gap: 1rem; font-size: .9rem; }
.told.parts .key { margin-left: 0; }
svg { display: block; width: 100%; overflow: visible; }
svg text { fill: currentColor; font-size: 12px; opacity: .8; }
.grid { stroke: #8884; stroke-width: 1; } .ideal { stroke: currentColor; stroke-dasharray: 5 4; }
line.b, line.t { stroke-width: 2; } line.b { stroke: var(--base); } line.t { stroke: var(--tuned); }
rect.b { fill: Canvas; stroke: var(--base); stroke-width: 2; } circle.t { fill: var(--tuned); }
polyline { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
polyline.b { stroke: var(--base); stroke-dasharray: 6 3; } polyline.t { stroke: var(--tuned); }
.mark { display: inline-block; width: 7px; height: 7px; margin: 0 .4em 0 .8em; }
.told .mark { margin-left: 0; }
.mark.b { border: 2px solid var(--base); } .legend > .mark:first-child { margin-left: 0; }
.mark.t { background: var(--tuned); border-radius: 50%; width: 11px; height: 11px; }
.sub { fill: #b2541c; background: #b2541c; } .del { fill: #e8b04a; background: #e8b04a; }
.ins { fill: #8fc1de; background: #8fc1de; }
.plot { display: grid; grid-template-columns: 44px 1fr; padding-right: 1rem; }
.plot > svg:first-child { width: 44px; }
.beside { display: flex; flex-wrap: wrap; gap: 1rem 3rem; align-items: center; }
svg.square { width: auto; max-width: 100%; flex: none; }
#params td, #params th { text-align: left; }
#params td { white-space: normal; overflow-wrap: anywhere; }
.drops td:nth-child(2), .drops td:last-child { text-align: left; }
.drops tbody th { min-width: 0; } .drops td:last-child { white-space: normal; min-width: 18rem; }
.drops th:nth-child(2) { text-align: left; }
@media (max-width: 50rem) {
  body { margin: 1rem auto; }
  .line { grid-template-columns: 1fr; padding: .4rem 0; } .name small { display: inline; }
  .line.axis { padding: 0; } .line svg { margin: 0 1%; width: 98%; }
  table { font-size: .9rem; } th, td { padding: .3rem .4rem; } tbody th { min-width: 7rem; }
  td small { display: inline-block; white-space: normal; max-width: 4rem; }
}
@media print {
  body { max-width: none; margin: 0; font-size: 11pt; } .wide { overflow: visible; }
  figure, tr, .line, .verdict { break-inside: avoid; } h2, h3, figcaption { break-after: avoid; }
  rect, .key, .mark { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
