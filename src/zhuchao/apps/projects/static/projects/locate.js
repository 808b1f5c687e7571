// Fill in where one stands, at a press of the button and never by itself. The form works without it.
(() => {
  "use strict";
  const box = document.querySelector("[data-locate-box]");
  const form = document.querySelector("form[data-form]");
  if (!box || !form) return;
  box.hidden = false;
  const said = box.querySelector("[data-locate-said]");
  const button = box.querySelector("[data-locate]");
  const put = (name, value) => { if (form.elements[name]) form.elements[name].value = value; };
  button.addEventListener("click", () => {
    if (!navigator.geolocation || !window.isSecureContext) { said.textContent = box.dataset.insecure; return; }
    said.textContent = box.dataset.asking;
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        put("longitude", coords.longitude.toFixed(6));
        put("latitude", coords.latitude.toFixed(6));
        put("accuracy_m", Math.round(coords.accuracy));
        said.textContent = box.dataset.found.replace("{m}", Math.round(coords.accuracy));
        button.disabled = false;
      },
      (error) => {
        said.textContent = error.code === error.PERMISSION_DENIED ? box.dataset.refused : box.dataset.unable;
        button.disabled = false;
      },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 },
    );
  });
})();
