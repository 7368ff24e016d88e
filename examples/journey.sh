#!/usr/bin/env bash
# The main job, end to end: from a citizen's first search to the result in the post.
# Needs a running local stack (`make run`), curl and python3. PORT= and DATA= as for `make run`.
set -euo pipefail
cd "$(dirname "$0")/.."

PORT=${PORT:-8000} DATA=${DATA:-.local} BASE=http://127.0.0.1:$PORT
PROCEDURE=1.005136 # Giấy xác nhận có quốc tịch Việt Nam: level 4, with a fee, two papers
AGENCY=H32.10      # Sở Tư pháp

say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }
field() { python3 -c 'import json,sys; d=json.load(sys.stdin)
for name in sys.argv[1].split("."): d = d[int(name)] if name.isdigit() else d[name]
print(d if isinstance(d, str) else json.dumps(d, ensure_ascii=False))' "$1"; }
token() { make --no-print-directory token PORT="$PORT" DATA="$DATA" "$@"; }
key() { python3 -c 'import secrets; print(secrets.token_hex(12))'; }

# call WHO METHOD PATH [BODY] [more curl arguments]: answers the body; a refusal ends the script with its words.
call() {
  local who=$1 method=$2 path=$3 body=${4:-} answer status
  answer=$(curl -sS -w '\n%{http_code}' -X "$method" "$BASE$path" -H "Authorization: Bearer $who" \
    -H 'Content-Type: application/json' -H "Idempotency-Key: $(key)" ${body:+--data "$body"} "${@:5}")
  status=${answer##*$'\n'} answer=${answer%$'\n'*}
  [ "$status" -lt 300 ] || { echo "$method $path: $status $answer" >&2; exit 1; }
  printf '%s' "$answer"
}
version() { call "$CITIZEN" GET "/dossiers/$ID" | field version; }
decide() { call "$1" POST "/dossiers/$ID/$2" "$3" -H "If-Match: \"$(version)\""; }
until_is() { # until_is FIELD VALUE: asks for the dossier until it is so
  for _ in $(seq 1 120); do
    [ "$(call "$CITIZEN" GET "/dossiers/$ID" | field "$1")" = "$2" ] && return
    sleep 0.5
  done
  echo "the dossier's $1 did not become $2" >&2; exit 1
}

CITIZEN=$(token ROLE=citizen SUB=binh NAME='Trần Thị Bình' IDENTITY=056190001234 PHONE=0905123456)
CLERK=$(token ROLE=clerk AGENCY=$AGENCY SUB=an)
SPECIALIST=$(token ROLE=specialist AGENCY=$AGENCY SUB=minh)
APPROVER=$(token ROLE=approver AGENCY=$AGENCY SUB=hoa)

say '1. The citizen searches, with a slip of the finger and without accents, and reads'
curl -sS -G "$BASE/procedures" --data-urlencode 'q=xac nhan co quoc tihc viet nam' | field items.0.name
PAGE=$(curl -sS "$BASE/procedures/$PROCEDURE")
echo "$(field name <<<"$PAGE") · fee $(field fee_total <<<"$PAGE") đ · $(field processing.amount <<<"$PAGE") working days"

say '2. Begins a draft, and saves it again as it grows'
FORM=$(field form.examples.0 <<<"$PAGE")
ADDRESS='{"line": "12 Lê Lợi", "commune": "Phường Nha Trang", "province": "Khánh Hòa"}'
DRAFT=$(call "$CITIZEN" POST /dossiers "{
  \"procedure\": \"$PROCEDURE\", \"form\": {},
  \"applicant\": {\"kind\": \"person\", \"full_name\": \"Trần Thị Bình\", \"identity_number\": \"056190001234\",
                  \"phone\": \"0905123456\", \"email\": \"binh@example.vn\", \"address\": $ADDRESS},
  \"delivery\": {\"channel\": \"post\", \"recipient\": \"Trần Thị Bình\", \"phone\": \"0905123456\", \"address\": $ADDRESS}}")
ID=$(field id <<<"$DRAFT")
call "$CITIZEN" PATCH "/dossiers/$ID" "{\"form\": $FORM}" -H 'If-Match: "1"' | field status

say '3. Uploads the papers straight to the store; each is checked'
upload() { # upload COMPONENT FILE TYPE
  local size sum form args=()
  size=$(wc -c <"$2") sum=$(python3 -c 'import hashlib,sys; print(hashlib.sha256(open(sys.argv[1],"rb").read()).hexdigest())' "$2")
  form=$(call "$CITIZEN" POST "/dossiers/$ID/documents" "{\"component\": \"$1\", \"file_name\": \"$(basename "$2")\",
    \"content_type\": \"$3\", \"size\": $((size)), \"sha256\": \"$sum\"}")
  while IFS= read -r pair; do args+=(-F "$pair"); done < <(field upload.fields <<<"$form" |
    python3 -c 'import json,sys; [print(f"{k}={v}") for k, v in json.load(sys.stdin).items()]')
  curl -sS --fail "${args[@]}" -F "file=@$2;type=$3" "$(field upload.url <<<"$form")" >/dev/null
}
upload giay-to-quoc-tich examples/files/giay-to.pdf application/pdf
upload anh-4x6 examples/files/anh-4x6.png image/png
for _ in $(seq 1 120); do
  STATES=$(call "$CITIZEN" GET "/dossiers/$ID/documents" |
    python3 -c 'import json,sys; print(*sorted({d["state"] for d in json.load(sys.stdin)["items"]}))')
  [ "$STATES" = clean ] && break
  sleep 0.5
done
echo "$STATES"

say '4. Submits: the dossier has its code'
FILED=$(call "$CITIZEN" POST "/dossiers/$ID/submission" '{}')
CODE=$(field code <<<"$FILED")
echo "$CODE · receipt $(field submission_receipt <<<"$FILED")"

say '5. Pays the fee at the (simulated) provider, whose notification starts the desk'"'"'s clock'
PAYMENT=$(call "$CITIZEN" POST "/dossiers/$ID/payments" "{\"provider\": \"vnpay\", \"return_url\": \"$BASE/_local/\"}")
curl -sS --fail -o /dev/null --data action=pay "$(field pay_url <<<"$PAYMENT")"
until_is payment.status paid
call "$CITIZEN" GET "/dossiers/$ID" | field acceptance_due_at

say '6. The desk accepts; a specialist takes it and asks for one thing to be put right'
decide "$CLERK" acceptance '{}' | field due_at
decide "$SPECIALIST" assignment '{"officer": "minh"}' | field status
decide "$SPECIALIST" supplement-requests '{"items": [{"field": "purpose", "reason": "Ghi rõ mục đích sử dụng"}]}' | field status

say '7. The citizen puts it right; the clock goes on'
call "$CITIZEN" PATCH "/dossiers/$ID" '{"form": {"purpose": "Làm thủ tục thừa kế nhà ở"}}' -H "If-Match: \"$(version)\"" | field status
call "$CITIZEN" POST "/dossiers/$ID/supplements" '{}' | field due_at

say '8. The approver decides; the result goes into the post'
decide "$APPROVER" result '{"outcome": "granted", "documents": []}' | field status
decide "$CLERK" return '{"channel": "post"}' | field turn.what

say '9. Anyone with the code and four digits can follow it until it is delivered'
for _ in $(seq 1 60); do # the schedule asks the carrier every ten minutes; the local stack can do so at once
  curl -sS --fail -o /dev/null -X POST "$BASE/_local/run/PullTracking"
  [ "$(call "$CITIZEN" GET "/dossiers/$ID" | field status)" = returned ] && break
  sleep 1
done
until_is status returned
curl -sS "$BASE/status-lookups" -H 'Content-Type: application/json' --data "{\"code\": \"$CODE\", \"proof\": \"3456\"}" |
  python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["status_name"], "·", d["delivery"]["tracking_code"])
for step in d["steps"]: print("  ", step["at"][:16].replace("T", " "), step["name"])'

say '10. And it is rated; its whole history is a chain'
call "$CITIZEN" POST "/dossiers/$ID/rating" '{"attitude": 5, "timeliness": 5}' >/dev/null
call "$CITIZEN" GET "/dossiers/$ID/history" |
  python3 -c 'import json,sys; d=json.load(sys.stdin); print(len(d["items"]), "events, intact:", d["intact"])'
echo "$ID"
