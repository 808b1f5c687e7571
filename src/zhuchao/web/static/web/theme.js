// Before anything is painted: the colours and the width of the navigation that this person chose.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const chosen = read("z-theme");
    root.dataset.bsTheme = chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
  };
  paint();
  dark.addEventListener("change", paint);
  if (read("z-nav") === "narrow") root.dataset.nav = "narrow";
  root.dataset.script = "on";
})();
