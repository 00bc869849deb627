package api

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dimissioni/internal/discharge"
)

// routes registers everything that openapi.yaml describes, and nothing else: a test holds the two together.
func (s *server) routes(e *gin.Engine) {
	e.GET("/healthz", s.handle(s.healthz))
	e.GET("/readyz", s.handle(s.readyz))

	e.GET("/assets/:file", s.handle(s.asset))
	e.GET("/answers/:token", s.page(s.showAnswer))
	e.POST("/answers/:token", s.page(s.takeAnswer))
	e.GET("/answers/done/:answer", s.page(s.showDone))
	e.GET("/nuova-password/:token", s.page(s.showPassword))
	e.POST("/nuova-password/:token", s.page(s.takePassword))

	open := e.Group(base, s.jsonOnly())
	open.GET("/openapi.yaml", s.handle(s.openAPI))
	open.GET("/docs", s.handle(s.docsPage))
	open.GET("/docs/:file", s.handle(s.docsFile))
	open.POST("/login", s.handle(s.login))
	open.POST("/password/forgotten", s.handle(s.forgotten))
	open.POST("/password/reset", s.handle(s.resetPassword))

	in := open.Group("", s.authenticate(), s.addressed())
	in.POST("/logout", s.handle(s.logout))
	in.GET("/me", s.handle(s.me))
	in.GET("/me/tokens", s.handle(s.listTokens))
	in.DELETE("/me/tokens", s.handle(s.revokeTokens))
	in.DELETE("/me/tokens/:id", s.handle(s.revokeToken))
	in.POST("/me/password", s.handle(s.changePassword))
	in.POST("/me/totp", s.handle(s.enrolSecondFactor))
	in.POST("/me/totp/confirm", s.handle(s.confirmSecondFactor))
	in.GET("/programmes", s.handle(s.listProgrammes))
	in.GET("/programmes/:id", s.handle(s.getProgramme))
	in.GET("/programmes/:id/budget", s.handle(s.getBudget))
	in.GET("/programmes/:id/split", s.handle(s.getSplit))
	in.GET("/organisations", s.handle(s.listOrganisations))
	in.GET("/physicians", s.handle(s.listPhysicians))
	in.GET("/users", s.handle(s.listUsers))
	in.GET("/municipalities", s.handle(s.listMunicipalities))
	in.GET("/wrong-deliveries", s.handle(s.listWrongDeliveries))
	in.GET("/audit", s.only(discharge.RoleAdmin, discharge.RoleDPO), s.handle(s.listAudit))
	s.administration(in)

	in.POST("/access-reports", s.handle(s.makeAccessReport))

	in.POST("/referrals/check", s.handle(s.checkReferral))
	in.POST("/discharges", s.handle(s.submit))
	in.GET("/discharges", s.handle(s.listCases))
	in.POST("/discharges/search", s.handle(s.searchCases))
	in.GET("/commands/:id", s.handle(s.getCommand))

	one := in.Group("/discharges/:id")
	one.GET("", s.handle(s.getCase))
	one.GET("/timeline", s.handle(s.getTimeline))
	one.GET("/deadlines", s.handle(s.getDeadlines))
	one.GET("/notifications", s.handle(s.getNotifications))
	one.POST("/notifications/:notification_id/settle", s.handle(s.settleNotification))
	one.POST("/notifications/:notification_id/retry", s.handle(s.retryNotification))
	one.POST("/notifications/:notification_id/wrong-recipient", s.handle(s.reportWrongRecipient))
	one.GET("/links", s.handle(s.listLinks))
	one.GET("/accesses", s.handle(s.getAccesses))
	one.GET("/access-report", s.handle(s.getAccessReport))
	one.GET("/visits", s.handle(s.listVisits))
	one.POST("/visits", s.handle(s.logVisit))
	one.GET("/diary", s.handle(s.listDiary))
	one.POST("/diary", s.handle(s.writeDiary))
	one.GET("/assessments", s.handle(s.listAssessments))
	one.POST("/assessments", s.handle(s.recordAssessment))
	one.POST("/operators", s.handle(s.assignOperator))
	one.POST("/fast-forward", s.handle(s.fastForward))
	for _, cmd := range commandTable() {
		one.POST("/"+cmd.path(), s.handle(s.command(cmd)))
	}
}

// administration is who keeps the accounts and the directory.
func (s *server) administration(in *gin.RouterGroup) {
	admin := in.Group("/admin", s.only(discharge.RoleAdmin))
	admin.GET("/users", s.handle(s.listAccounts))
	admin.POST("/users", s.handle(s.addUser))
	admin.PATCH("/users/:id", s.handle(s.changeUser))
	admin.POST("/users/:id/deactivate", s.forUser(deactivateUser))
	admin.POST("/users/:id/reactivate", s.forUser(reactivateUser))
	admin.POST("/users/:id/unlock", s.forUser(unlockUser))
	admin.POST("/users/:id/password-reset", s.handle(s.resetUserPassword))
	admin.DELETE("/users/:id/totp", s.forUser(resetSecondFactor))
	admin.DELETE("/users/:id/tokens", s.forUser(signOutUser))
	admin.POST("/organisations", s.handle(s.addOrganisation))
	admin.PATCH("/organisations/:id", s.handle(s.changeOrganisation))

	coordinator := s.only(discharge.RoleCoordinator)
	in.POST("/physicians", s.only(discharge.RoleCoordinator, discharge.RoleAdmin), s.handle(s.addPhysician))
	in.POST("/physicians/:id/verify", coordinator, s.handle(s.verifyPhysician))
	in.PATCH("/municipalities/:istat", coordinator, s.handle(s.setSubDistrict))
}

// noContent is the answer of what leaves nothing to say.
func noContent(c *gin.Context) error {
	c.Status(http.StatusNoContent)
	c.Writer.WriteHeaderNow()
	return nil
}
