"""How a page looks; nothing is loaded from elsewhere."""

STYLE = """
:root { color-scheme: light dark; --text: #1c2127; --dim: #667080; --line: #d8dde4; --back: #fff; --panel: #f6f7f9;
  --good: #1a7f4b; --bad: #c62f2f; --unsure: #9a6700; --ours: #2563c9; --theirs: #d9730d; }
@media (prefers-color-scheme: dark) { :root { --text: #e3e7ec; --dim: #96a0ae; --line: #3a424d; --back: #14181d;
  --panel: #1d232a; --good: #46b878; --bad: #f0716b; --unsure: #d9a53a; --ours: #78a9ff; --theirs: #ff9d4d; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); max-width: 980px;
  margin: 0 auto; padding: 24px; }
h1 { font-size: 1.5em; margin: 0 0 4px; } h2 { font-size: 1.1em; margin: 32px 0 8px; } p { margin: 4px 0; }
code, pre, td, .mono { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 13px; }
pre { background: var(--panel); border-radius: 6px; padding: 10px 12px; overflow-x: auto; margin: 8px 0; }
.dim { color: var(--dim); } .reproduced { color: var(--good); } .diverged, .failed { color: var(--bad); }
.not-proved, .not-comparable { color: var(--unsure); }
.here { background: color-mix(in srgb, var(--bad) 18%, transparent); }
.box { border-left: 4px solid var(--bad); background: var(--panel); border-radius: 0 6px 6px 0; padding: 10px 14px; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(400px, 1fr)); gap: 12px 20px; }
.plots h3 { font-size: .95em; margin: 8px 0 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--dim); }
th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr.differs td { color: var(--bad); } tr.free td { color: var(--ours); }
svg { width: 100%; height: auto; display: block; } svg text { font-size: 11px; fill: var(--dim); }
svg .grid { stroke: var(--line); stroke-dasharray: 2 3; } svg .axis { stroke: var(--dim); }
svg .stem { stroke: var(--bad); opacity: .35; } svg .far { fill: var(--bad); } svg .equal { fill: var(--good); }
svg polyline { fill: none; stroke-width: 1.6; } svg .ours { stroke: var(--ours); }
svg .theirs { stroke: var(--theirs); stroke-dasharray: 5 4; }
svg rect.equal { opacity: .45; } svg rect.far { opacity: .8; } svg rect.untouched { fill: var(--line); opacity: .5; }
svg rect.on { fill: var(--ours); opacity: .3; } svg rect.off { fill: var(--line); }
svg .seed { fill: var(--text); } svg .drawn { fill: var(--text); opacity: .6; }
svg .parting { stroke: var(--bad); stroke-width: 1.5; }
.key span { margin-right: 18px; } .key .ours { color: var(--ours); } .key .theirs { color: var(--theirs); }
"""
