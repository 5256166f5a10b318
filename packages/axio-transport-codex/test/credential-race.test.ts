import { describeCredentialRace } from "../../../test/support/credential-race.ts";

describeCredentialRace("codex");
