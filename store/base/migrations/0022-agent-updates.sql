-- The status of the latest update of an instance's agent.
ALTER TABLE container_instances ADD COLUMN agent_update_status text;
