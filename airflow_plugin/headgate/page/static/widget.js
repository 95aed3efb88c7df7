/* At most three lines on Airflow's home: what is broken now. Nothing where all holds, or where it cannot be asked. */
const React = globalThis.React;
const h = React.createElement;
const summary = new URL("../summary", import.meta.url);
const MARKS = { broken: "✘", warned: "!" };

class Boundary extends React.Component {
  constructor(props) {
    super(props);
    this.state = { failed: false };
  }
  static getDerivedStateFromError() {
    return { failed: true };
  }
  render() {
    return this.state.failed ? null : this.props.children;
  }
}

const Lines = () => {
  const [lines, setLines] = React.useState([]);
  React.useEffect(() => {
    const stop = new AbortController();
    fetch(summary, { signal: stop.signal, headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : { lines: [] }))
      .then((said) => setLines(Array.isArray(said.lines) ? said.lines.slice(0, 3) : []))
      .catch(() => setLines([]));
    return () => stop.abort();
  }, []);
  if (lines.length === 0) return null;
  return h(
    "section",
    { "aria-label": "Data contracts", "data-headgate": "lines", style: { padding: "8px 0" } },
    h("ul", { style: { listStyle: "none", margin: 0, padding: 0 } },
      ...lines.map((line) =>
        h("li", { key: line.text },
          h("span", { "aria-hidden": true }, `${MARKS[line.state] ?? "?"} `),
          h("a", { href: line.href, style: { textDecoration: "underline" } }, line.text)))),
  );
};

globalThis["headgate"] = () => h(Boundary, null, h(Lines));
