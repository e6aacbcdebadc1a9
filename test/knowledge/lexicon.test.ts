/** Which names of fields count as sensitive. */
import { describe, expect, it } from "vitest";
import {
  nameWords,
  type SensitiveCategory,
  sensitiveField,
  sensitiveFields,
} from "../../server/analysis/names/lexicon.js";

const sensitive: Record<SensitiveCategory, string> = {
  contact: `email user_email userEmail UserEmail EMAIL EMAIL_ADDRESS emailAddress e_mail e-mail emails customer-email contactEmail email2
    email_address_1 useremail work_email author__email phone phone_number phoneNumber PHONENUMBER mobile_number mobile user_mobile cell_phone telephone
    fax address billingAddress billing_address shippingAddress street_address address_line_1 addressLine2 home_address zip_code zipcode zipCode
    postal_code emergency_contact contact_details addresses telefon telefonnummer adresse anschrift correo_electronico dirección
    direccion telefono téléphone endereço indirizzo adres emailadresse courriel`,
  "government-id": `ssn SSN user_ssn ssn_number ssnNumber social_security_number nationalId national_id national_id_number passport passport_number
    passportNo drivers_license driver_license_number taxId tax_id aadhaar cpf curp dni bsn codice_fiscale steuernummer license_plate id_number`,
  financial: `iban IBAN user_iban bank_account bankAccountNumber account_number credit_card creditCard creditCardNumber CREDITCARD card_number cardNumber
    cvv salary base_salary salary_usd income annualIncome credit_score card balance gehalt salaire tarjeta_credito kontonummer net_worth`,
  health: `diagnosis diagnoses medical_history medicalHistory medical_record_number prescription medications patient_notes allergies blood_type
    mental_health symptoms diagnosis_notes historia_clinica krankheit`,
  credential: `password passwd user_password userPassword password_hash hashed_password PASSWORD pwd secret client_secret secretKey api_key apiKey
    API_KEY apikey openai_api_key access_token accessToken refresh_tokens auth_token token user_token session_token sessionToken session private_key jwt otp otp_code
    connection_string credentials passwort contraseña senha mot_de_passe wachtwoord reset_token password_reset_token access_key secret_access_key bearer_token`,
  personal: `dob DOB date_of_birth dateOfBirth DATEOFBIRTH birthdate birth_date birthday geburtsdatum fecha_nacimiento data_nascimento date_naissance
    geboortedatum ip_address ipAddress remote_addr religion sexual_orientation mothers_maiden_name ethnicity biometric_data criminal_record`,
  operational: `debug_log debugLog debug_info stack_trace traceback audit_log internal_notes error_logs`,
  "free-text": `diary diary_entry diary_text cv CV cv_text user_cv resume resume_text curriculum_vitae cover_letter journal_entry tagebuch lebenslauf`,
};

const harmless = `name display_name displayName country plan last_login content title id _id user_id userId email_id phone_number_id session_id card_id
  uuid created_at updated_at ip_address_count email_sent_count email_template email_templates NextToken next_token nextToken num_uncertainty uncertainty token_count
  tokenCount max_tokens maxTokens max_completion_tokens prompt_tokens completion_tokens total_tokens tokens input_tokens num_tokens n_tokens
  password_reset_url has_email hasEmail is_email_verified isEmailVerified address_book_id email_verified email_enabled email_count
  emailFormat email_regex email_validator password_length password_policy password_strength page_token continuation_token eos_token pad_token
  stop_token secret_name secrets_manager memory_address contract_address base_address primary_key public_key access_key_id
  health_check healthcheck session_timeout chat_session db_session SessionLocal session_maker card_type card_brand email_subject email_body email_domain
  email_backend email_host send_email sendEmail validate_password requires_token show_address salary_range masked_ssn redacted_email email_hash token_usage
  token_type token_limit tokenizer tokenizer_name assn class_name lesson classname expression session_count username user_name role status score
  category tags message comment bio description summary text body age city language locale theme preferences subscription_plan
  api_key_id password_field password_changed_at email_notifications phone_verified cookie_policy cookie_consent pass_rate resume_training resume_from
  mission permission passenger passive compass bypass discard dashboard cardinality wildcard scorecard cardboard
  load_balancer balance_factor unbalanced token_num chunk_token_num token_est chars_per_token api_key_env token_issuer tokens_remaining
  account account_name order_total product invoice_count iban_country secretary session_store authors addressed`;

describe("words of a name", () => {
  it.each([
    ["billingAddress2", ["billing", "address", "2"]],
    ["SSNNumber", ["ssn", "number"]],
    ["HTTP_X_SSL", ["http", "x", "ssl"]],
    ["date-of-birth", ["date", "of", "birth"]],
    ["contraseña", ["contrasena"]],
    ["Straße", ["strasse"]],
    ["", []],
    ["__", []],
  ])("%s", (name, words) => {
    expect(nameWords(name)).toEqual(words);
  });
});

describe("sensitive names", () => {
  for (const [category, names] of Object.entries(sensitive)) {
    it.each(names.split(/\s+/))(`${category}: %s`, (name) => {
      expect(sensitiveField(name)?.category).toBe(category);
    });
  }
});

describe("harmless names", () => {
  it.each(harmless.split(/\s+/))("%s", (name) => {
    expect(sensitiveField(name)).toBeUndefined();
  });
});

describe("names that a user lists", () => {
  const look = sensitiveFields(["customer_ref", "user_id", "Betriebsrat"]);
  it.each(["customer_ref", "customerRef", "CUSTOMER-REF", "old_customer_ref", "user_id", "userId", "betriebsrat"])(
    "%s counts",
    (name) => {
      expect(look(name)?.category).toBe("personal");
    },
  );
  it.each(["customer", "ref", "customer_ref_count", "id", "name"])("%s does not", (name) => {
    expect(look(name)).toBeUndefined();
  });
  it("keeps the built-in names", () => {
    expect(look("email")?.category).toBe("contact");
    expect(sensitiveFields([])("customer_ref")).toBeUndefined();
  });
});

describe("odd input", () => {
  it("answers a very long name at once", () => {
    expect(sensitiveField("email".repeat(100_000))).toBeUndefined();
    expect(sensitiveField("a_".repeat(50_000))).toBeUndefined();
  });
  it("answers names of other scripts", () => {
    expect(sensitiveField("имя_пользователя")).toBeUndefined();
    expect(sensitiveField("邮箱")).toBeUndefined();
  });
});
