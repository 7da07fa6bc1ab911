// Takes the code of a letter out of its link. It stands behind the "#", which no server and no log is sent.
const field = document.getElementById("token");
const code = location.hash.slice(1);

if (field && code) {
  field.value = code;
  field.closest(".field").hidden = true;
  history.replaceState(null, "", location.pathname);
}
