// The stacking plan: what a unit is, on hover and on focus; arrow keys go along a floor and between floors.
(() => {
  "use strict";
  const tip = document.createElement("div");
  tip.className = "p-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  const show = (block) => {
    if (block.title) {
      block.dataset.facts = block.title;
      block.removeAttribute("title");
    }
    tip.textContent = block.dataset.facts || "";
    tip.hidden = !tip.textContent;
    const at = block.getBoundingClientRect();
    const size = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left), window.innerWidth - size.width - 8);
    const below = at.bottom + 8 + size.height < window.innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? at.bottom + 8 : Math.max(8, at.top - size.height - 8)}px`;
  };
  const hide = () => { tip.hidden = true; };
  const middle = (block) => { const at = block.getBoundingClientRect(); return (at.left + at.right) / 2; };
  const nearest = (floor, x) => [...floor.querySelectorAll(".p-unit")]
    .sort((one, other) => Math.abs(middle(one) - x) - Math.abs(middle(other) - x))[0];
  const next = (block, key) => {
    if (key === "ArrowLeft") return block.previousElementSibling;
    if (key === "ArrowRight") return block.nextElementSibling;
    let floor = block.closest(".p-floor");
    while ((floor = key === "ArrowUp" ? floor.previousElementSibling : floor.nextElementSibling)) {
      const found = nearest(floor, middle(block));
      if (found) return found;
    }
    return null;
  };
  document.addEventListener("DOMContentLoaded", () => {
    document.body.append(tip);
    for (const plan of document.querySelectorAll("[data-stack]")) {
      plan.addEventListener("mouseover", (event) => { const block = event.target.closest(".p-unit"); if (block) show(block); });
      plan.addEventListener("mouseout", hide);
      plan.addEventListener("focusin", (event) => { const block = event.target.closest(".p-unit"); if (block) show(block); });
      plan.addEventListener("focusout", hide);
      plan.addEventListener("keydown", (event) => {
        const block = event.target.closest(".p-unit");
        if (event.key === "Escape") hide();
        if (!block || !["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return;
        const other = next(block, event.key);
        if (other) { event.preventDefault(); other.focus(); }
      });
    }
    window.addEventListener("scroll", hide, true);
  });
})();
