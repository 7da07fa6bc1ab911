// Drag a ZIP or choose it: asks the API for a signed form, sends the file straight to storage, shows the progress.
const drop = document.getElementById("drop");
const file = document.getElementById("file");
const choose = document.getElementById("choose");
const trouble = document.getElementById("trouble");

choose.hidden = false;
file.addEventListener("change", () => file.files.length && send(file.files[0]));
for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => over(event, true));
for (const name of ["dragleave", "drop"]) drop.addEventListener(name, (event) => over(event, false));
drop.addEventListener("drop", (event) => event.dataTransfer.files.length && send(event.dataTransfer.files[0]));

function over(event, inside) {
  event.preventDefault();
  drop.classList.toggle("over", inside);
}

async function send(zip) {
  trouble.hidden = true;
  const refusal = check(zip);
  if (refusal) return say(refusal);
  choose.hidden = true;
  try {
    const upload = await start(zip);
    show(zip.name);
    await store(upload, zip);
    location.assign(`${drop.dataset.page}${upload.id}?sent=1`);
  } catch (error) {
    say(error.message);
    choose.hidden = false;
    document.getElementById("sending").hidden = true;
  }
}

function check(zip) {
  if (zip.size === 0) return `${zip.name} is empty, or is a folder. Pack your SVG files into a ZIP first.`;
  if (zip.size > Number(drop.dataset.limit)) return `${zip.name} is too large. Split it into several uploads.`;
  return "";
}

async function start(zip) {
  const answer = await fetch(drop.dataset.api, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": drop.dataset.token },
    body: JSON.stringify({ filename: zip.name, sizeBytes: zip.size }),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.detail);
  return body;
}

// XMLHttpRequest, because fetch tells nothing about how much has been sent.
function store(upload, zip) {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append("file", zip);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      document.getElementById("sent").value = event.loaded / event.total;
    });
    request.addEventListener("load", () =>
      request.status < 300 ? resolve() : reject(new Error(`Storage did not take ${zip.name} (${request.status}). Try again.`)),
    );
    request.addEventListener("error", () => reject(new Error("The connection broke. Check it and try again.")));
    request.open("POST", upload.url);
    request.send(form);
  });
}

function show(name) {
  document.getElementById("sending-name").textContent = `Sending ${name}`;
  document.getElementById("sending").hidden = false;
}

function say(text) {
  trouble.textContent = text;
  trouble.hidden = false;
}
