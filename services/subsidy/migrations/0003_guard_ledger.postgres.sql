-- What is posted, given or told is never changed; and the journal says where each change of a line is.
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE TRIGGER posting_is_never_changed BEFORE UPDATE OR DELETE ON posting
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER posting_is_never_truncated BEFORE TRUNCATE ON posting
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER instruction_is_never_changed BEFORE UPDATE OR DELETE ON instruction
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER instruction_is_never_truncated BEFORE TRUNCATE ON instruction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER budget_position_is_never_changed BEFORE UPDATE OR DELETE ON budget_position
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER budget_position_is_never_truncated BEFORE TRUNCATE ON budget_position
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();
CREATE FUNCTION note_budget_position() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO budget_position (budget, number, position)
        SELECT NEW.subject, COALESCE(MAX(number), 0) + 1, NEW.position
        FROM budget_position WHERE budget = NEW.subject;
    RETURN NULL;
END $$;
CREATE TRIGGER budget_position_is_noted AFTER INSERT ON journal
    FOR EACH ROW WHEN (NEW.subject LIKE 'budgets/%') EXECUTE FUNCTION note_budget_position();
