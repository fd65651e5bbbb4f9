"""The style sheet of the page that `tenkyo eval --html` writes; light and dark, no fonts from elsewhere."""

__all__ = ["STYLE"]

STYLE = """
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --line: #d9d9e0; --paper: #fff; --card: #f7f7f9;
  --a: #2563a8; --b: #b4560f; --c: #3a7d44; --bad: #b3261e; --good: #2e7d32; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #a3a7ae; --line: #3a3d42; --paper: #16181b;
  --card: #1f2226; --a: #6ea8e5; --b: #e69a5b; --c: #7cc48a; --bad: #f2847c; --good: #85cf8b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, "Hiragino Sans", "Noto Sans CJK JP", "Yu Gothic UI", sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
p, dl { margin: .4rem 0; } .soft, dt { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, td:first-child, td.text { text-align: left; } thead th { color: var(--soft); font-weight: 600; }
small { display: block; color: var(--soft); font-size: .8em; white-space: nowrap; }
figure { margin: 0; } .plots { display: flex; flex-wrap: wrap; gap: 1.5rem; } svg { max-width: 100%; height: auto; }
figcaption { color: var(--soft); font-size: .9em; }
.grid { stroke: var(--line); }
.tick { fill: var(--soft); font-size: 11px; }
.label { fill: var(--ink); font-size: 12px; }
.curve { fill: none; stroke: var(--a); stroke-width: 2; } .bound { stroke: var(--bad); stroke-dasharray: 4 3; }
.whisker { stroke: var(--ink); fill: none; stroke-width: 1.2; }
.tone0 { fill: var(--a); } .tone1 { fill: var(--b); } .tone2 { fill: var(--c); } .bar { opacity: .75; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0;
  padding: .5rem .8rem; }
summary { cursor: pointer; } details p { white-space: pre-wrap; overflow-wrap: anywhere; }
.fault { display: inline-block; border: 1px solid currentColor; border-radius: 4px; padding: 0 .35rem; font-size: .8em;
  color: var(--bad); } .good { color: var(--good); } .bad { color: var(--bad); }
"""
