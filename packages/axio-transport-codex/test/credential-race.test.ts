import { describeCredentialRace } from "test-support/credentials/describe-race";

describeCredentialRace("codex");
