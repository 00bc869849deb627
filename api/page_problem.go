package api

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dimissioni/api/html"
	"dimissioni/internal/discharge"
)

// wantsPage reports whether a problem is said with a page: everywhere but in the API, unless the caller asks for JSON.
func wantsPage(c *gin.Context) bool {
	accept := c.GetHeader("Accept")
	asksJSON := strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
	return ofDesk(c.Request.URL.Path) && !asksJSON
}

// problemWords say on a page what a caller of the API is told in its own terms.
var problemWords = map[discharge.ErrorKind]html.ProblemPage{
	discharge.KindNotFound: {
		Title: "Pagina non trovata",
		Text:  "La pagina che cerca non esiste, o il suo ruolo non la vede. Controlli l'indirizzo, o parta dalla prima pagina.",
	},
	discharge.KindForbidden: {Title: "Non consentito"},
	discharge.KindTooLarge:  {Title: "Troppo grande", Text: "Quello che ha inviato supera la dimensione massima. Lo accorci e riprovi."},
	discharge.KindUnavailable: {
		Title: "Servizio non disponibile per qualche minuto",
		Text: "L'operazione potrebbe essere già registrata: torni alla pagina e la ripeta tra qualche minuto. " +
			"Non verrà registrata due volte.",
	},
}

// showProblem is a problem as a page of the desk.
func (s *server) showProblem(c *gin.Context, p problem) {
	pageHeaders(c)
	page := problemWords[p.Code]
	if page.Title == "" {
		page.Title = p.Title
	}
	if page.Text == "" {
		page.Text = p.Detail
	}
	for _, field := range p.Errors {
		page.Errors = append(page.Errors, field.Message)
	}
	if p.Code == discharge.KindInternal {
		page.RequestID = requestID(c)
	}
	if show(s, c, p.Status, html.Problem, place{}, page) != nil { // texts: it cannot
		c.Status(http.StatusInternalServerError)
	}
}
