// Keeps the page of an upload in step with its events: one row per file, the tally, and the verdict at the end.
const root = document.getElementById("upload");
const table = document.getElementById("files");
const rows = new Map([...table.tBodies[0].rows].map((row) => [Number(row.dataset.entry), row]));
const words = JSON.parse(root.dataset.words);
const events = new EventSource(root.dataset.events);

events.addEventListener("items", (event) => JSON.parse(event.data).forEach(draw));
events.addEventListener("upload", (event) => tally(JSON.parse(event.data)));
events.addEventListener("error", () => {
  // The browser comes back by itself after a lost connection. Closed for good means an old ticket: a new page has a new one.
  if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
});

function draw(item) {
  const row = rows.get(item.entryNo) ?? add(item.entryNo);
  const [picture, name, state, why] = row.cells;
  state.firstElementChild.dataset.state = item.state;
  state.firstElementChild.textContent = item.state;
  name.replaceChildren(item.item ? link(`/${item.item.type}s/${item.item.id}-${item.item.slug}`, item.filename) : item.filename);
  if (item.item?.thumbnail) picture.firstElementChild.replaceChildren(image(item.item.thumbnail));
  why.replaceChildren(...reason(item));
}

function add(entry) {
  const row = document.getElementById("row").content.firstElementChild.cloneNode(true);
  row.dataset.entry = entry;
  const after = [...rows.keys()].filter((other) => other > entry).sort((a, b) => a - b)[0];
  table.tBodies[0].insertBefore(row, after === undefined ? null : rows.get(after));
  rows.set(entry, row);
  table.hidden = false;
  document.getElementById("waiting")?.remove();
  return row;
}

function link(href, text) {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.textContent = text;
  return anchor;
}

function image(thumbnail) {
  const picture = new Image(32, 32);
  picture.alt = "";
  picture.src = thumbnail.webp ?? thumbnail.png;
  return picture;
}

function reason(item) {
  if (!item.code) return [];
  const code = document.createElement("code");
  code.textContent = item.code;
  return [code, ` ${item.detail}. ${item.hint}`];
}

function tally(upload) {
  const { counts } = upload;
  document.getElementById("tally").hidden = !counts.total;
  const done = document.getElementById("done");
  done.max = counts.total || 1;
  done.value = counts.ready + counts.rejected;
  for (const cell of document.querySelectorAll("[data-count]")) cell.textContent = counts[cell.dataset.count];
  if (upload.state !== "awaiting_upload") {
    const pill = document.querySelector("#state .state");
    pill.dataset.state = upload.state;
    pill.textContent = words[upload.state];
  }
  document.getElementById("spoken").textContent = `${done.value} of ${counts.total} files finished`;
  if (!upload.isSettled) return;
  events.close();
  location.reload(); // the verdict is rendered in one place only: by the server
}
