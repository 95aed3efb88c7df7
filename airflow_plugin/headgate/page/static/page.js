// The theme follows Airflow's, around this page; without Airflow, the system's. Nothing else here is needed to read it.
(() => {
  const framed = parent !== self;
  const outer = () => { try { return framed && parent.document.documentElement; } catch { return null; } };
  const follow = () => {
    const root = outer();
    const theme = root && (root.classList.contains("dark") ? "dark" : root.classList.contains("light") ? "light" : root.dataset.theme);
    if (theme) document.documentElement.dataset.theme = theme;
  };
  follow();
  const root = outer();
  if (root) new parent.MutationObserver(follow).observe(root, { attributes: true, attributeFilter: ["class", "data-theme"] });
  // On paper nothing can be opened.
  addEventListener("beforeprint", () => { for (const each of document.querySelectorAll("details")) each.open = true; });
  // A frame of Airflow may not lead its page elsewhere: Airflow's page does that itself.
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[data-airflow]");
    if (!link || !outer() || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    const twin = parent.document.createElement("a");
    twin.href = link.href;
    parent.document.body.append(twin);
    twin.click();
    twin.remove();
  });
})();
