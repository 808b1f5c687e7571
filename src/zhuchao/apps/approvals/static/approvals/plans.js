// The network answers to the pointer and to the keyboard: what a task waits for and what waits for it stands out.
(() => {
  "use strict";
  const choose = (node) => {
    for (const net of document.querySelectorAll("[data-net]")) {
      const key = node && net.contains(node) ? node.dataset.key : null;
      net.classList.toggle("is-chosen", key !== null);
      for (const arrow of net.querySelectorAll(".n-arrow")) {
        arrow.classList.toggle("is-on", key !== null && (arrow.dataset.first === key || arrow.dataset.then === key));
      }
      for (const other of net.querySelectorAll(".n-node")) other.classList.toggle("is-on", other === node);
    }
  };
  const of = (event) => (event.target instanceof Element ? event.target.closest(".n-node") : null);
  document.addEventListener("pointerover", (event) => { if (of(event) || event.target.closest?.("[data-net]")) choose(of(event)); });
  document.addEventListener("focusin", (event) => choose(of(event)));
  // A slider says its number beside its label while it is dragged.
  const tell = (slider) => {
    const label = document.querySelector(`label[for="${slider.id}"]`);
    if (!label) return;
    const told = label.querySelector(".n-told") ?? label.appendChild(Object.assign(document.createElement("output"), { className: "n-told" }));
    told.textContent = slider.value;
  };
  for (const slider of document.querySelectorAll("[data-slider]")) tell(slider);
  document.addEventListener("input", (event) => { if (event.target.matches?.("[data-slider]")) tell(event.target); });
})();
