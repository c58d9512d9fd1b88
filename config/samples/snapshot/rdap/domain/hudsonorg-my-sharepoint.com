{
 "rdapConformance": [
  "rdap_level_0"
 ],
 "notices": [
  {
   "title": "Demonstration",
   "description": [
    "Made for the demonstration of abate; not an answer of a registry."
   ]
  }
 ],
 "objectClassName": "domain",
 "ldhName": "hudsonorg-my-sharepoint.com",
 "status": [
  "client transfer prohibited"
 ],
 "events": [
  {
   "eventAction": "registration",
   "eventDate": "2018-06-12T10:01:02Z"
  }
 ],
 "nameservers": [
  {
   "objectClassName": "nameserver",
   "ldhName": "ns1.registrar-one.example"
  },
  {
   "objectClassName": "nameserver",
   "ldhName": "ns2.registrar-one.example"
  }
 ],
 "entities": [
  {
   "objectClassName": "entity",
   "handle": "9995",
   "roles": [
    "registrar"
   ],
   "publicIds": [
    {
     "type": "IANA Registrar ID",
     "identifier": "9995"
    }
   ],
   "vcardArray": [
    "vcard",
    [
     [
      "version",
      {},
      "text",
      "4.0"
     ],
     [
      "fn",
      {},
      "text",
      "Example Registrar One"
     ]
    ]
   ],
   "entities": [
    {
     "objectClassName": "entity",
     "roles": [
      "abuse"
     ],
     "vcardArray": [
      "vcard",
      [
       [
        "version",
        {},
        "text",
        "4.0"
       ],
       [
        "fn",
        {},
        "text",
        "Abuse desk"
       ],
       [
        "email",
        {},
        "text",
        "abuse@registrar-one.example"
       ]
      ]
     ]
    }
   ]
  }
 ]
}
