extension RunReport {
  /// Colours after Okabe and Ito, told apart with every kind of colour blindness; lighter ones on dark.
  static let style = """
    :root {
      color-scheme: light dark;
      --page: #f4f5f7; --card: #fff; --text: #1b1f24; --faint: #5d6670; --rule: #dde1e6;
      --c1: #0072b2; --c2: #c04a00; --c3: #007a5a; --c4: #a3427f; --c5: #8a6100; --c6: #2b85c4;
      --heat: 8, 69, 148; --on: #fff; --before: #a9b4bf;
      --good: #00664b; --bad: #a53b00;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --page: #14171a; --card: #1d2125; --text: #e6e9ec; --faint: #9aa4ae; --rule: #343a41;
        --c1: #56b4e9; --c2: #f08a4b; --c3: #2fc39a; --c4: #dd8fbc; --c5: #e6b93c; --c6: #8ccdf2;
        --heat: 86, 180, 233; --on: #0d1114; --before: #5b6671;
        --good: #2fc39a; --bad: #f08a4b;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--page); color: var(--text);
      font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
    }
    main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 48px; }
    h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
    h2 { font-size: 18px; margin: 36px 0 12px; }
    h3 { font-size: 15px; margin: 0; }
    p { margin: 0; }
    .lead { color: var(--faint); }
    .lead b { color: var(--text); font-weight: 600; }
    .state { font-weight: 600; }
    .state.done { color: var(--good); }
    .state.wrong { color: var(--bad); }
    .grid2 { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
    .grid3 { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); }
    figure, .card {
      margin: 0; padding: 16px 18px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
      min-width: 0;
    }
    figure + figure { margin: 0; }
    section > figure { margin-bottom: 16px; }
    figcaption { display: flex; flex-wrap: wrap; gap: 2px 20px; align-items: baseline; margin-bottom: 8px; }
    .legend { display: flex; flex-wrap: wrap; gap: 2px 16px; font-size: 13px; color: var(--faint); }
    .legend span { display: inline-flex; gap: 6px; align-items: center; }
    .legend svg { flex: none; width: auto; }
    .small { font-size: 12.5px; color: var(--faint); margin-top: 8px; }
    .tiles { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); margin-top: 20px; }
    .tiles div {
      background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 10px 14px;
    }
    .tiles b { display: block; font-size: 20px; line-height: 1.3; font-weight: 600; white-space: nowrap; }
    .tiles span { font-size: 13px; color: var(--faint); }
    svg { display: block; width: 100%; height: auto; overflow: visible; }
    svg text { font-size: 12px; fill: var(--faint); }
    svg text.middle { text-anchor: middle; }
    svg text.end { text-anchor: end; }
    svg text.value { fill: var(--text); font-size: 11px; }
    svg .faint { opacity: .8; font-size: 11px; }
    .grid { stroke: var(--rule); stroke-width: 1; }
    .base { stroke: var(--faint); stroke-width: 1; }
    .mark line { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 4 4; }
    .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
    .line.thin { stroke-width: 1.2; stroke-dasharray: 6 3; }
    .line.c1 { stroke: var(--c1); } .line.c2 { stroke: var(--c2); } .line.c3 { stroke: var(--c3); }
    .line.c4 { stroke: var(--c4); } .line.c5 { stroke: var(--c5); } .line.c6 { stroke: var(--c6); }
    .dot { stroke: var(--card); stroke-width: 1; }
    .dot.c1 { fill: var(--c1); } .dot.c2 { fill: var(--c2); } .dot.c3 { fill: var(--c3); }
    .dot.c4 { fill: var(--c4); } .dot.c5 { fill: var(--c5); } .dot.c6 { fill: var(--c6); }
    .bar { fill: var(--c1); }
    .bar.before { fill: var(--before); }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; font-size: 13.5px; }
    .list { width: 100%; }
    .list th { text-align: left; font-weight: 500; color: var(--faint); padding: 4px 16px 4px 0; vertical-align: top; }
    .list td { padding: 4px 16px 4px 0; vertical-align: top; overflow-wrap: anywhere; }
    .list tr + tr > * { border-top: 1px solid var(--rule); }
    .list .step { width: 8em; }
    .list .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    .columns { columns: 2 400px; column-gap: 32px; }
    .columns div {
      display: flex; gap: 16px; justify-content: space-between; padding: 4px 0; font-size: 13.5px;
      border-bottom: 1px solid var(--rule); break-inside: avoid;
    }
    .columns dt { color: var(--faint); flex: none; max-width: 60%; overflow-wrap: anywhere; }
    .columns dd { margin: 0; text-align: right; overflow-wrap: anywhere; min-width: 0; }
    dl { margin: 0; }
    .heat { margin: 0 auto; }
    .heat th { font-weight: 500; padding: 2px 6px; }
    .heat thead th span { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left; padding: 6px 0 0; }
    .heat thead th { vertical-align: bottom; text-align: center; }
    .heat .side { color: var(--faint); font-style: italic; font-weight: 400; vertical-align: bottom; }
    .heat tbody th { text-align: right; white-space: nowrap; }
    .heat td { padding: 3px 6px; text-align: center; font-variant-numeric: tabular-nums; }
    .heat .cell {
      width: 48px; height: 44px; min-width: 40px; line-height: 1.2; border: 2px solid var(--card);
      background: rgba(var(--heat), calc(var(--share, 0) * .92));
    }
    .heat .hit { outline: 1.5px solid var(--text); outline-offset: -3px; }
    .heat .on { color: var(--on); }
    .heat small { display: block; font-size: 11px; opacity: .85; }
    .heat .total { color: var(--faint); }
    .note { border-left: 4px solid var(--c5); }
    footer { margin-top: 24px; font-size: 12.5px; color: var(--faint); }
    @media print {
      :root { --page: #fff; --rule: #ccc; }
      body { font-size: 11pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      main { max-width: none; padding: 0; }
      figure, .card, .tiles div { break-inside: avoid; }
      .card.long { break-inside: auto; }
      h2 { break-after: avoid; margin-top: 20px; }
      .wide { overflow: visible; }
      .heat { font-size: 8pt; }
      .heat th, .heat td { padding: 1px 3px; }
      .heat .cell { width: 30px; height: 32px; min-width: 0; }
      .heat small { font-size: 6.5pt; }
      .grid2 { grid-template-columns: 1fr 1fr; }
      .grid3 { grid-template-columns: 1fr 1fr 1fr; }
    }
    """
}
