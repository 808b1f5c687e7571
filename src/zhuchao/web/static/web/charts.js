// Draws <figure class="z-chart" data-chart="ID"> from the JSON of <script type="application/json" id="ID">.
(() => {
  "use strict";
  const drawn = new Map();
  const draw = () => {
    const style = getComputedStyle(document.documentElement);
    const text = getComputedStyle(document.body).color;
    const dark = document.documentElement.dataset.bsTheme === "dark";
    for (const figure of document.querySelectorAll("[data-chart]")) {
      const data = document.getElementById(figure.dataset.chart);
      if (!data) continue;
      drawn.get(figure)?.dispose();
      const chart = window.echarts.init(figure, dark ? "dark" : null, { renderer: "svg" });
      chart.setOption({
        color: [style.getPropertyValue("--tblr-primary").trim(), "#c98a1b", "#1c5fb8", "#8a5bb5", "#6b7280"],
        textStyle: { fontFamily: style.getPropertyValue("--tblr-font-sans-serif"), color: text },
        backgroundColor: "transparent",
        animation: false,
        aria: { enabled: true, decal: { show: true } },
        ...JSON.parse(data.textContent),
      });
      drawn.set(figure, chart);
    }
  };
  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("z:theme", draw);
  document.addEventListener("htmx:load", () => { if (document.readyState === "complete") draw(); });
  window.addEventListener("resize", () => { for (const chart of drawn.values()) chart.resize(); });
})();
