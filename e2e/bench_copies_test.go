package e2e

// benchMade is who the copies are of: %d of them, by arithmetic, so that every run has the same.
const benchMade = `
	CREATE TABLE bench_made AS
	WITH managers AS (
	    SELECT row_number() OVER (ORDER BY u.email) - 1 AS k, count(*) OVER () AS n, u.id AS manager, u.organisation_id AS partner
	    FROM users u JOIN grants g ON g.user_id = u.id WHERE g.role = 'case_manager' AND g.programme_id = 'dp-cremasco'),
	wards AS (SELECT row_number() OVER (ORDER BY name) - 1 AS k, count(*) OVER () AS n, id FROM organisations WHERE type = 'ward'),
	towns AS (SELECT row_number() OVER (ORDER BY istat) - 1 AS k, count(*) OVER () AS n, istat FROM municipalities)
	SELECT i, t.id AS template, t.live, gen_random_uuid() AS id,
	       format('DP-%%s-%%s', 1990 + i / 90000, 10000 + i %% 90000) AS code,
	       m.partner, m.manager, w.id AS ward,
	       CASE WHEN i %% 5 = 0 THEN '019035' ELSE v.istat END AS town,
	       make_interval(days => CASE WHEN t.live THEN i %% 20 ELSE 45 + i * 31 %% 1800 END, secs => i %% 40000) AS ago,
	       CASE WHEN t.live THEN i %% 20 ELSE 45 + i * 31 %% 1800 END AS days,
	       (ARRAY['Rossi','Ferrari','Bianchi','Colombo','Fontana','Galli','Conti','Villa','Riva','Sala','Cattaneo','Moretti',
	              'Marchetti','Rota','Barbieri','Ferri','Longhi','Mariani','Pozzi','Bassi','De Luca','Dell''Orto','Valenti',
	              'Guerini','Scotti','Brambati','Cremonesi','Severgnini','Vailati','Zaniboni'])[1 + i * 7 %% 30]
	           || CASE WHEN i %% 3 = 0 THEN ' ' || chr(65 + i %% 26) || 'ani' ELSE '' END AS family,
	       (ARRAY['Maria','Giuseppe','Teresa','Luigi','Anna','Angelo','Rosa','Carlo','Mario','Lucia','Pietro','Agnese','Franco',
	              'Ines','Marta','Bruno','Pia'])[1 + i * 11 %% 17] AS given,
	       date '1925-01-01' + i * 13 %% 14000 AS birth,
	       i %% 20 = 0 AS urgent, i %% 25 = 0 AS overdue
	FROM generate_series(1, %d) AS i
	JOIN bench_template t ON i * 7919 %% 1000 >= t.low AND i * 7919 %% 1000 < t.high
	JOIN managers m ON m.k = i %% m.n JOIN wards w ON w.k = i / 3 %% w.n JOIN towns v ON v.k = i / 2 %% v.n`

// benchCopies fill one table after the other.
var benchCopies = []string{
	`CREATE INDEX ON bench_made (template)`,
	`ANALYZE bench_made`,
	`INSERT INTO cases (id, code, programme_id, state, version, snapshot, acknowledged_version, submitted_at, updated_at, urgent,
	     overdue, flags, hospital_id, ward_id, sender_id, owner_id, partner_id, proposed_partner_id, case_manager_id,
	     case_manager_ids, municipality_istat, residence_istat, housing, level, shared_municipality, already_home, expected_on,
	     start_on, period_end_on, cap_on, ended_on, access_until, next_due_on, next_due_kind)
	 SELECT m.id, m.code, c.programme_id, c.state, c.version,
	     replace(replace(replace(replace(replace(c.snapshot::text, c.id::text, m.id::text), c.code, m.code),
	         coalesce(c.partner_id::text, 'nobody'), m.partner::text), coalesce(c.case_manager_id::text, 'nobody'), m.manager::text),
	         c.ward_id::text, m.ward::text)::jsonb,
	     c.version, c.submitted_at - m.ago, c.updated_at - m.ago, m.live AND m.urgent, m.live AND m.overdue, c.flags,
	     c.hospital_id, m.ward, CASE WHEN m.ward = c.ward_id THEN c.sender_id END, c.owner_id,
	     CASE WHEN c.partner_id IS NOT NULL THEN m.partner END, CASE WHEN c.proposed_partner_id IS NOT NULL THEN m.partner END,
	     CASE WHEN c.case_manager_id IS NOT NULL THEN m.manager END,
	     CASE WHEN c.case_manager_ids <> '{}' THEN ARRAY[m.manager] ELSE '{}' END, m.town, m.town, c.housing,
	     (ARRAY['light', 'moderate', 'high'])[1 + i % 3], i % 4 <> 0, c.already_home, c.expected_on - m.days,
	     c.start_on - m.days, c.period_end_on - m.days, c.cap_on - m.days, c.ended_on - m.days, c.access_until - m.days,
	     c.next_due_on, c.next_due_kind
	 FROM bench_made m JOIN cases c ON c.id = m.template`,
	`INSERT INTO patients (case_id, family_name, given_name, sex, birth_date, tax_code, search)
	 SELECT id, family, given, 'F', birth, CASE WHEN i % 10 <> 0 THEN upper(substr(md5(i::text), 1, 16)) END,
	     lower(replace(family, '''', ' ') || ' ' || given)
	 FROM bench_made`,
	`INSERT INTO referrals (case_id, content, missing)
	 SELECT m.id, r.content || jsonb_build_object('patient', r.content->'patient' ||
	     jsonb_build_object('family_name', m.family, 'given_name', m.given, 'birth_date', m.birth)), r.missing
	 FROM bench_made m JOIN referrals r ON r.case_id = m.template`,
	`INSERT INTO commands (id, case_id, actor_id, route, body_hash, kind, body, status, answer, created_at, answered_at)
	 SELECT md5(m.id::text || c.id::text)::uuid, m.id, c.actor_id, replace(c.route, m.template::text, m.id::text), c.body_hash,
	     c.kind, c.body, c.status, c.answer, c.created_at - m.ago, c.answered_at - m.ago
	 FROM bench_made m JOIN commands c ON c.case_id = m.template`,
	`INSERT INTO events (case_id, seq, kind, command_id, actor_user, actor_org, actor_role, on_date, at, telephone, facts)
	 SELECT m.id, e.seq, e.kind, md5(m.id::text || e.command_id)::uuid::text, e.actor_user, e.actor_org, e.actor_role,
	     e.on_date - m.days, e.at - m.ago, e.telephone, e.facts
	 FROM bench_made m JOIN events e ON e.case_id = m.template`,
	`INSERT INTO plans (case_id, version, seq, status, content)
	 SELECT m.id, p.version, p.seq, p.status, p.content FROM bench_made m JOIN plans p ON p.case_id = m.template`,
	`INSERT INTO notifications (case_id, moment, round, recipient_kind, recipient_role, recipient_key, name, address, payload,
	     status, attempts, not_before, created_at, sent_at, message_id)
	 SELECT m.id, n.moment, n.round, n.recipient_kind, n.recipient_role, n.recipient_key, n.name, n.address, n.payload, 'sent', 1,
	     n.not_before - m.ago, n.created_at - m.ago, n.not_before - m.ago, md5(m.id::text || n.id::text)
	 FROM bench_made m JOIN notifications n ON n.case_id = m.template
	 WHERE m.live OR m.i % 5 = 0 -- the rest would only take time: no read looks at those of many cases`,
	`INSERT INTO ledger (programme_id, line_id, case_id, event_seq, entry, amount_cents, partner_id, municipality_istat, at, on_date)
	 SELECT l.programme_id, l.line_id, m.id, l.event_seq, l.entry, l.amount_cents, l.partner_id, m.town, l.at - m.ago,
	     l.on_date - m.days
	 FROM bench_made m JOIN ledger l ON l.case_id = m.template`,
	`INSERT INTO accesses (case_id, user_id, organisation_id, role, at, what)
	 SELECT m.id, a.user_id, a.organisation_id, a.role, a.at - m.ago, a.what
	 FROM bench_made m JOIN accesses a ON a.case_id = m.template`,
	`INSERT INTO assignments (case_id, user_id, from_date, assigned_by, at)
	 SELECT c.id, u.id, current_date - 3, c.case_manager_id, now()
	 FROM cases c JOIN users u ON u.email = 'operator@demo.test' AND u.organisation_id = c.partner_id
	 WHERE c.state = 'active' ORDER BY c.code LIMIT 100`,
}
