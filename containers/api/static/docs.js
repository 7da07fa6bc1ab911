// The API's operations, to read and to try: as whoever is signed in here, or with a key put in by "Authorize".
const place = document.getElementById("operations");

const token = async () => {
  const answer = await fetch(place.dataset.session, { credentials: "same-origin" });
  return (await answer.json()).csrfToken;
};

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayOperationId: true,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  showCommonExtensions: true,
  syntaxHighlight: { theme: "nord" },
  tagsSorter: "alpha",
  requestInterceptor: async (request) => {
    const changes = !["GET", "HEAD", "OPTIONS"].includes((request.method || "GET").toUpperCase());
    if (changes && !request.headers.Authorization) request.headers["X-CSRFToken"] = await token();
    return request;
  },
});
