/* Drag a card to another column: the same form, service and gates as the verb on the card. */
(() => {
  const board = document.querySelector("[data-board]");
  const form = document.querySelector("#p-move");
  if (!board || !form) return;
  let dragged = null;
  const open = (column) => dragged && column && dragged.dataset.moves.split(" ").includes(column.dataset.stage);
  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-moves]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    for (const column of board.querySelectorAll("[data-stage]")) column.classList.toggle("is-open", open(column));
  });
  board.addEventListener("dragover", (event) => {
    if (open(event.target.closest("[data-stage]"))) event.preventDefault();
  });
  board.addEventListener("drop", (event) => {
    const column = event.target.closest("[data-stage]");
    if (!open(column)) return;
    event.preventDefault();
    const stage = column.dataset.stage;
    const address = `${dragged.dataset.url}?to=${stage}&back=board`;
    // A loss needs its reason: there the form is shown before anything is sent.
    if (stage === "lost") {
      location.assign(address);
      return;
    }
    form.action = address;
    form.elements.stage.value = stage;
    form.submit();
  });
  board.addEventListener("dragend", () => {
    dragged = null;
    for (const column of board.querySelectorAll(".is-open")) column.classList.remove("is-open");
  });
})();
