"""Who works at the demo desk, who writes to it, and under which topics: all of it invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sysmo_tui.domain.enums import Role

DOMAIN: Final = "quillay.example"
DESK_NAME: Final = "Mesa de ayuda Quillay"
TIME_ZONE: Final = "America/Argentina/Buenos_Aires"


@dataclass(frozen=True, slots=True)
class Area:
    """A topic of the desk, by the slug that its name gives."""

    slug: str
    name: str
    description: str
    default_type: str = "request"
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """Someone on the staff. ``share`` is how much of the work of their topics they take."""

    login: str
    name: str
    role: Role
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("es",)
    share: int = 2

    @property
    def email(self) -> str:
        """Their address."""
        return f"{self.login}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class Firm:
    """A company that writes to the desk."""

    name: str
    domain: str
    tax_id: str
    country: str = "AR"


@dataclass(frozen=True, slots=True)
class Client:
    """Someone who writes to the desk."""

    email: str
    name: str
    phone: str
    firm: Firm
    language: str = "es"


GENERAL, SUPPORT, ACCESS = "general", "soporte-tecnico", "accesos-y-cuentas"
BILLING, SHIPPING, CLAIMS, STAFF_ONLY = "facturacion", "envios-y-logistica", "reclamos", "recursos-humanos"

AREAS: Final = (
    Area(GENERAL, "General", "Lo que no entra en ningún otro lado.", "question"),
    Area(
        SUPPORT,
        "Soporte técnico",
        "Programas, impresoras, balanzas y lectores que no hacen lo que deben.",
        "incident",
    ),
    Area(ACCESS, "Accesos y cuentas", "Usuarios, contraseñas y permisos."),
    Area(BILLING, "Facturación", "Facturas, notas de crédito, pagos y AFIP."),
    Area(SHIPPING, "Envíos y logística", "Pedidos, entregas y garantías."),
    Area(CLAIMS, "Reclamos", "Cuando algo no estuvo a la altura.", "claim"),
    Area(STAFF_ONLY, "Recursos humanos", "Solo para el personal.", is_public=False),
)

ADMIN: Final = Member("marcela.iturralde", "Marcela Iturralde", Role.ADMIN)
MANAGER: Final = Member("hernan.quiroga", "Hernán Quiroga", Role.MANAGER, (CLAIMS,), share=1)
OPERATOR: Final = Member(
    "luis.benitez", "Luis Benítez", Role.OPERATOR, (SUPPORT, ACCESS, GENERAL), ("es", "en"), share=3
)
LEAVER: Final = Member("gustavo.roldan", "Gustavo Roldán", Role.OPERATOR, (SUPPORT, BILLING))
INVITED: Final = Member("julieta.rios", "Julieta Ríos", Role.OPERATOR, (BILLING,))
STAFF: Final = (
    ADMIN,
    MANAGER,
    OPERATOR,
    Member("camila.sosa", "Camila Sosa", Role.OPERATOR, (SUPPORT,), share=5),
    Member("diego.aranda", "Diego Aranda", Role.OPERATOR, (SUPPORT, ACCESS), share=2),
    Member(
        "joao.teixeira",
        "João Teixeira",
        Role.OPERATOR,
        (SUPPORT, ACCESS, BILLING, SHIPPING, GENERAL),
        ("pt", "es"),
        share=1,
    ),
    Member(
        "emily.hart",
        "Emily Hart",
        Role.OPERATOR,
        (SUPPORT, ACCESS, BILLING, SHIPPING, GENERAL),
        ("en", "de", "fr"),
    ),
    Member("paula.ferreyra", "Paula Ferreyra", Role.OPERATOR, (BILLING,), share=4),
    Member("martin.ocampo", "Martín Ocampo", Role.OPERATOR, (BILLING, CLAIMS), share=3),
    Member("rocio.maidana", "Rocío Maidana", Role.OPERATOR, (SHIPPING,), share=4),
    Member("nahuel.paz", "Nahuel Paz", Role.OPERATOR, (SHIPPING, CLAIMS), share=3),
    Member("sofia.lagos", "Sofía Lagos", Role.OPERATOR, (STAFF_ONLY, GENERAL)),
    LEAVER,
)

_ESPIGA = Firm("Panadería La Espiga SRL", "laespiga.example", "30-00120417-9")
_FERRETERIA = Firm("Ferretería El Tornillo", "eltornillo.example", "30-00121790-5")
_LIBRERIA = Firm("Librería Ñandutí", "nanduti.example", "30-00123163-0")
_SUR = Firm("Distribuidora del Sur SA", "delsur.example", "30-00124536-4")
_FARMACIA = Firm("Farmacia Güemes", "farmaciaguemes.example", "30-00125909-8")
_BODEGA = Firm("Bodega Alto Pehuén", "altopehuen.example", "30-00127282-5")
_VIVERO = Firm("Vivero Las Lilas", "viverolaslilas.example", "30-00128655-9")
_CLINICA = Firm("Clínica San Roque", "sanroque.example", "30-00130028-4")
_HOTEL = Firm("Hostería Lago Escondido", "lagoescondido.example", "30-00131401-3")
_TEXTIL = Firm("Hilados Calchaquí", "calchaqui.example", "30-00132774-3")
_CAFE = Firm("Café Tortuga", "cafetortuga.example", "30-00134147-9")
_AUTOS = Firm("Repuestos Tucumán", "repuestostucuman.example", "30-00135520-8")
_ACUCENA = Firm("Mercado Açucena Ltda", "acucena.example", "11.222.333/0001-81", "BR")
_HARBOUR = Firm("Harbour Road Books", "harbourroad.example", "99-0001204", "US")
_SPEICHER = Firm("Speicherstadt Handel GmbH", "speicherstadt.example", "DE100000016", "DE")
_TERANGA = Firm("Téranga Import", "teranga.example", "99000120-4", "ML")

CLIENTS: Final = (
    Client("marta@laespiga.example", "Marta Giménez", "11 4321-1001", _ESPIGA),
    Client("oscar@laespiga.example", "Óscar Peralta", "11 4321-1002", _ESPIGA),
    Client("ventas@eltornillo.example", "Raúl Domínguez", "11 4321-1003", _FERRETERIA),
    Client("compras@eltornillo.example", "Silvia Núñez", "11 4321-1004", _FERRETERIA),
    Client("ines@nanduti.example", "Inés Villalba", "11 4321-1005", _LIBRERIA),
    Client("sistemas@delsur.example", "Federico Lüders", "11 4321-1006", _SUR),
    Client("administracion@delsur.example", "Carolina Muñoz", "11 4321-1007", _SUR),
    Client("deposito@delsur.example", "Ramón Ybáñez", "11 4321-1008", _SUR),
    Client("caja@farmaciaguemes.example", "Lucía Echeverría", "11 4321-1009", _FARMACIA),
    Client("jorge@farmaciaguemes.example", "Jorge Güiraldes", "11 4321-1010", _FARMACIA),
    Client("bodega@altopehuen.example", "Agustín Zárate", "11 4321-1011", _BODEGA),
    Client("exportaciones@altopehuen.example", "Valentina Roca", "11 4321-1012", _BODEGA),
    Client("hola@viverolaslilas.example", "Norma Pacheco", "11 4321-1013", _VIVERO),
    Client("turnos@sanroque.example", "Dra. Elena Caño", "11 4321-1014", _CLINICA),
    Client("compras@sanroque.example", "Mariano Bustos", "11 4321-1015", _CLINICA),
    Client("recepcion@lagoescondido.example", "Aylén Painemal", "11 4321-1016", _HOTEL),
    Client("gerencia@calchaqui.example", "Santiago Ávalos", "11 4321-1017", _TEXTIL),
    Client("taller@calchaqui.example", "Mirta Cruz", "11 4321-1018", _TEXTIL),
    Client("barra@cafetortuga.example", "Bruno Café", "11 4321-1019", _CAFE),
    Client("mostrador@repuestostucuman.example", "Walter Sandoval", "11 4321-1020", _AUTOS),
    Client("conceicao@acucena.example", "Conceição Araújo", "11 3061-1021", _ACUCENA, "pt"),
    Client("fiscal@acucena.example", "Antônio Simões", "11 3061-1022", _ACUCENA, "pt"),
    Client("oliver@harbourroad.example", "Oliver Quinn", "+1 212 555 0123", _HARBOUR, "en"),
    Client("priya@harbourroad.example", "Priya Nair", "+1 212 555 0124", _HARBOUR, "en"),
    Client("yuki@harbourroad.example", "Yuki Tanaka 田中由紀", "+1 212 555 0125", _HARBOUR, "en"),
    Client("gross@speicherstadt.example", "Jürgen Groß", "+49 40 123456", _SPEICHER, "de"),
    Client("noel@teranga.example", "Noël Lefèvre", "+223 20 22 12 34", _TERANGA, "fr"),
)

CALLER: Final = ("eduardo@kioscolavia.example", "Eduardo Fuentes")
"""Someone who telephones and has no account yet."""
