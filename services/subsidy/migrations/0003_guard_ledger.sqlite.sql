-- What is posted, given or told is never changed; and the journal says where each change of a line is.
CREATE TRIGGER posting_is_never_updated BEFORE UPDATE ON posting
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER posting_is_never_deleted BEFORE DELETE ON posting
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER instruction_is_never_updated BEFORE UPDATE ON instruction
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER instruction_is_never_deleted BEFORE DELETE ON instruction
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER budget_position_is_never_updated BEFORE UPDATE ON budget_position
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER budget_position_is_never_deleted BEFORE DELETE ON budget_position
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER budget_position_is_noted AFTER INSERT ON journal WHEN NEW.subject LIKE 'budgets/%'
BEGIN
    INSERT INTO budget_position (budget, number, position)
        SELECT NEW.subject, COALESCE(MAX(number), 0) + 1, NEW.position
        FROM budget_position WHERE budget = NEW.subject;
END;
