// Keeps the numbers of a public screen fresh: asks once a minute at most, and says since when they stand when it cannot.
(() => {
  "use strict";
  const body = document.body;
  const whole = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
  const rate = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const say = (name, value) => (value === null ? "—" : name === "vacancy_rate" ? rate.format(value) : whole.format(value));

  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

  function show(feed) {
    for (const place of document.querySelectorAll("[data-number]")) {
      place.textContent = say(place.dataset.number, feed[place.dataset.number]);
    }
    const most = Math.max(1, ...feed.area_by_state.map((part) => part.area_m2));
    document.getElementById("parts").replaceChildren(...feed.area_by_state.map((part) => {
      const row = document.createElement("li");
      row.style.setProperty("--share", String(part.area_m2 / most));
      row.append(element("span", part.label), element("i", ""), element("b", whole.format(part.area_m2)));
      return row;
    }));
    document.getElementById("sectors").replaceChildren(...feed.leads_by_sector.map((one) => {
      const row = element("span", `${one.sector} `);
      row.append(element("b", whole.format(one.leads)));
      return row;
    }));
    const time = document.getElementById("as-of");
    time.dateTime = feed.as_of;
    time.textContent = feed.as_of.slice(0, 16).replace("T", " ");
  }

  async function refresh() {
    const stale = document.getElementById("stale");
    try {
      const answer = await fetch(body.dataset.feed, { cache: "no-cache", signal: AbortSignal.timeout(20000) });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      stale.hidden = true;
    } catch {
      stale.hidden = false;
    }
    beat();
  }

  function beat() {
    if (body.dataset.beat) fetch(body.dataset.beat, { method: "POST", credentials: "omit" }).catch(() => {});
  }

  beat();
  setInterval(refresh, Number(body.dataset.seconds) * 1000);
})();
